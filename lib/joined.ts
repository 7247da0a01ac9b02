import { Observable } from 'rxjs';
import type { Subscription } from 'rxjs';

/** `source`, whose subscriber `owner` has before it is subscribed to: one that emits at once can be left in the middle. */
export function joined<T>(owner: Subscription, source: () => Observable<T>): Observable<T> {
  return new Observable<T>((subscriber) => {
    owner.add(subscriber);
    source().subscribe(subscriber);
  });
}

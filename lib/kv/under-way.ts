/** Counts what is under way, and tells when nothing is. It keeps none of it, and so none of what is read by it. */
export class UnderWay {
  #count = 0;
  #waiting: (() => void)[] = [];

  async do<T>(work: () => Promise<T>): Promise<T> {
    const end = this.begin();
    try {
      return await work();
    } finally {
      end();
    }
  }

  /** Something begins; gives what is to be called once, at its end. */
  begin(): () => void {
    this.#count += 1;
    return () => {
      this.#count -= 1;
      if (this.#count === 0) for (const over of this.#waiting.splice(0)) over();
    };
  }

  /** Done when nothing is under way, whatever came of it. */
  async idle(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

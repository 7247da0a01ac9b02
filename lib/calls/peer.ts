import type { Client, StatusObject } from '@grpc/grpc-js';

/** What grpc-js puts on the status of a call that it has repeated by a `retryPolicy`. */
const repeatedKey = 'grpc-previous-rpc-attempts';

/**
 * The address of the connection to which a call that has ended was handed; `undefined` if it never left this process.
 *
 * Until a call has a connection, `getPeer` gives the target of its channel, which has a scheme and is no address. This
 * says nothing of the attempts before, where a `retryPolicy` of the service config makes grpc-js repeat a call: one
 * of them may have been handed to a connection. Then the answer is whatever `getPeer` gives, which is `unknown` for a call
 * that ended while it waited for its next attempt. A deadline passes without a word of the attempts but in the details.
 */
export function peerOf(
  client: Client,
  call: { getPeer(): string },
  { details, metadata }: StatusObject,
): string | undefined {
  const peer = call.getPeer();
  if (peer !== client.getChannel().getTarget()) return peer;
  const wasRepeated = metadata.get(repeatedKey).length > 0 || details.includes('previous attempts: ');
  return wasRepeated ? peer : undefined;
}

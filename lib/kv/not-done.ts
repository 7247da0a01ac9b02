/**
 * A status with this trailer says that nothing of what was asked was done, and that nothing will be. Only the service
 * itself can know that: a proxy, an HTTP/2 reset or a truncated answer makes the same codes of a write that was done. A
 * handler that refuses a request before the service has seen it (a check of credentials, say) may set the trailer as well.
 */
export const notDoneTrailer = 'rxduplex-kv-not-done';

// Original file: proto/rxduplex/station/v1/station.proto

/**
 * Something for the log.
 */
export interface Note {
  /**
   * In plain words.
   */
  text?: string;
}

/**
 * Something for the log.
 */
export interface Note__Output {
  /**
   * In plain words.
   */
  text: string;
}

// Original file: proto/rxduplex/station/v1/station.proto

/**
 * A sensor is to be set right.
 */
export interface Calibrate {
  /**
   * The sensor's name.
   */
  sensor?: string;
  /**
   * Added to each of its values from now on.
   */
  offset?: number | string;
}

/**
 * A sensor is to be set right.
 */
export interface Calibrate__Output {
  /**
   * The sensor's name.
   */
  sensor: string;
  /**
   * Added to each of its values from now on.
   */
  offset: number;
}

// Original file: proto/rxduplex/station/v1/station.proto

import type { Long } from '@grpc/proto-loader';

/**
 * What a sensor showed at a moment.
 */
export interface Reading {
  /**
   * The sensor's name. Only the newest reading of each is worth sending.
   */
  sensor?: string;
  /**
   * In the sensor's own unit.
   */
  value?: number | string;
  /**
   * Milliseconds since 1970.
   */
  at?: number | string | Long;
}

/**
 * What a sensor showed at a moment.
 */
export interface Reading__Output {
  /**
   * The sensor's name. Only the newest reading of each is worth sending.
   */
  sensor: string;
  /**
   * In the sensor's own unit.
   */
  value: number;
  /**
   * Milliseconds since 1970.
   */
  at: string;
}

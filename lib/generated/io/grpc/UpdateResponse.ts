// Original file: proto/io/grpc/kvservice.proto

/**
 * It was replaced.
 */
export interface UpdateResponse {}

/**
 * It was replaced.
 */
export interface UpdateResponse__Output {}

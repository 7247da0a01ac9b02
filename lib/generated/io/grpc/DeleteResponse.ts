// Original file: proto/io/grpc/kvservice.proto

/**
 * It is not there.
 */
export interface DeleteResponse {}

/**
 * It is not there.
 */
export interface DeleteResponse__Output {}

// Original file: proto/io/grpc/kvservice.proto

/**
 * It was created.
 */
export interface CreateResponse {}

/**
 * It was created.
 */
export interface CreateResponse__Output {}

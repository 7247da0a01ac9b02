// Original file: proto/rxduplex/station/v1/station.proto

import type * as grpc from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';
import type {
  Command as _rxduplex_station_v1_Command,
  Command__Output as _rxduplex_station_v1_Command__Output,
} from '../../../rxduplex/station/v1/Command.js';
import type {
  Reading as _rxduplex_station_v1_Reading,
  Reading__Output as _rxduplex_station_v1_Reading__Output,
} from '../../../rxduplex/station/v1/Reading.js';

/**
 * An observatory, as a station sees it.
 */
export interface ObservatoryClient extends grpc.Client {
  /**
   * The station reports its readings for as long as it runs; commands come back on the same stream, at any time.
   */
  Watch(
    metadata: grpc.Metadata,
    options?: grpc.CallOptions,
  ): grpc.ClientDuplexStream<_rxduplex_station_v1_Reading, _rxduplex_station_v1_Command__Output>;
  Watch(
    options?: grpc.CallOptions,
  ): grpc.ClientDuplexStream<_rxduplex_station_v1_Reading, _rxduplex_station_v1_Command__Output>;
  /**
   * The station reports its readings for as long as it runs; commands come back on the same stream, at any time.
   */
  watch(
    metadata: grpc.Metadata,
    options?: grpc.CallOptions,
  ): grpc.ClientDuplexStream<_rxduplex_station_v1_Reading, _rxduplex_station_v1_Command__Output>;
  watch(
    options?: grpc.CallOptions,
  ): grpc.ClientDuplexStream<_rxduplex_station_v1_Reading, _rxduplex_station_v1_Command__Output>;
}

/**
 * An observatory, as a station sees it.
 */
export interface ObservatoryHandlers extends grpc.UntypedServiceImplementation {
  /**
   * The station reports its readings for as long as it runs; commands come back on the same stream, at any time.
   */
  Watch: grpc.handleBidiStreamingCall<_rxduplex_station_v1_Reading__Output, _rxduplex_station_v1_Command>;
}

export interface ObservatoryDefinition extends grpc.ServiceDefinition {
  Watch: MethodDefinition<
    _rxduplex_station_v1_Reading,
    _rxduplex_station_v1_Command,
    _rxduplex_station_v1_Reading__Output,
    _rxduplex_station_v1_Command__Output
  >;
}

// Original file: proto/rxduplex/station/v1/station.proto

import { makeClientConstructor } from '@grpc/grpc-js';
import type { ChannelCredentials, ClientOptions } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';

import type { Service } from '../index.js';
import { descriptor } from './station.descriptor.js';
import type {
  ObservatoryClient as ObservatoryMethods,
  ObservatoryHandlers,
} from './rxduplex/station/v1/Observatory.js';

export type { Calibrate, Calibrate__Output } from './rxduplex/station/v1/Calibrate.js';
export type { Command, Command__Output } from './rxduplex/station/v1/Command.js';
export type { Note, Note__Output } from './rxduplex/station/v1/Note.js';
export type { Reading, Reading__Output } from './rxduplex/station/v1/Reading.js';
export type { Survey, Survey__Output } from './rxduplex/station/v1/Survey.js';
export type { ObservatoryHandlers };

const definitions = fromJSON(descriptor, { longs: String, enums: String, defaults: true, oneofs: true });

/** The service rxduplex.station.v1.Observatory, which carries the types of its handlers. */
export const ObservatoryService: Service<ObservatoryHandlers> = definitions[
  'rxduplex.station.v1.Observatory'
] as Service<ObservatoryHandlers>;

/** Makes clients of rxduplex.station.v1.Observatory. */
export interface ObservatoryClientConstructor {
  new (address: string, credentials: ChannelCredentials, options?: ClientOptions): ObservatoryClient;
  readonly service: Service<ObservatoryHandlers>;
}

/** A client of rxduplex.station.v1.Observatory. */
export type ObservatoryClient = ObservatoryMethods;
export const ObservatoryClient: ObservatoryClientConstructor = makeClientConstructor(
  ObservatoryService,
  'rxduplex.station.v1.Observatory',
) as unknown as ObservatoryClientConstructor;

/** A server of a store on disk, to be killed. Its arguments: the directory, and a port. */
import { Server } from '@grpc/grpc-js';
import { serve } from 'rxduplex';
import { KeyValueService, KeyValues, levelStore } from 'rxduplex/kv';

import { greet } from '../../../bench/child.js';
import { listen } from '../peer.js';

const [directory = '', port = '0'] = process.argv.slice(2);

const kv = new KeyValues(await levelStore(directory, { maxRevisions: 1_000_000 }));
const server = new Server();
serve(server, KeyValueService, kv.handlers, kv.serveOptions);
greet({ port: await listen(server, Number(port)) });

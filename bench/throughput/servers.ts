import { greet } from '../child.js';
import { replyTo } from '../messages.js';
import { serveBare, serveOurs } from '../servers.js';

greet({ rxduplex: await serveOurs(replyTo), 'grpc-js': await serveBare(replyTo) });

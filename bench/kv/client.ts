import { endWithParent, greet } from '../child.js';
import type { Connect } from './contender.js';
import { grpcJs } from './grpc-js.js';
import type { Launch } from './launch.js';
import { measure } from './load.js';
import type { Case } from './plan.js';
import { session } from './session.js';
import { unary } from './unary.js';
import { workload } from './workload.js';

// V8 compiles until then, beside the two programs: it was a third of what a call cost.
const warmUpMs = 3_000;

endWithParent();
const launched = JSON.parse(process.argv[2] ?? '') as Case & Launch & { readonly port: number };
const { contender, api, port, inFlight, seconds } = launched;
const connect: Connect = contender === 'grpc-js' ? grpcJs : { unary, session }[api];
greet(await measure(connect(port, inFlight), workload(launched), { ...launched, warmUpMs, ms: seconds * 1_000 }));

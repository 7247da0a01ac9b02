import type { Server } from '@grpc/grpc-js';
import { serve } from 'rxduplex';
import { PeerClient, PeerService } from 'rxduplex/peer';
import type { PeerReply, PeerRequest__Output } from 'rxduplex/peer';
import { map } from 'rxjs';
import type { Observable } from 'rxjs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

import { clientOf, until, replyTo } from '../support/peer.js';
import { replicaOf, stopReplicas, told } from '../support/replicas.js';
import type { TestReplica } from '../support/replicas.js';

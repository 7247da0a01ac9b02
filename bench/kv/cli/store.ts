import { levelStore, memoryStore } from 'rxduplex/kv';
import type { Store } from 'rxduplex/kv';

import type { ServeSettings } from './commands.js';

export const storeFor = async ({ store, dir }: Pick<ServeSettings, 'store' | 'dir'>): Promise<Store> =>
  store === 'level' ? levelStore(dir) : memoryStore();

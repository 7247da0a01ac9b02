import type { Arrow, Graph } from './imports.js';

/** Modules are named by path; `room/*` is every file of a room, `room/**` those in folders below it as well. */
export interface Layer {
  readonly name: string;
  readonly modules: readonly string[];
  readonly packages?: readonly string[];
  /** Packages of which it may import types. */
  readonly types?: readonly string[];
  /** What it sees outside its own room, where that is less than its own layer and all below. */
  readonly sees?: readonly string[];
}

export interface Rules {
  /** From the ground up; a module belongs to the first that names it. */
  readonly layers: readonly Layer[];
  /** All that a room knows of the other rooms. One that is not here knows what its layer sees. */
  readonly rooms: Readonly<Record<string, readonly string[]>>;
  /** Packages that one module may import beyond those of its layer. */
  readonly exceptions: Readonly<Record<string, readonly string[]>>;
}

export function violations(graph: Graph, rules: Rules): string[] {
  return [...graph].flatMap(([module, arrows]) => {
    if (rankOf(module, rules) < 0) return [`${module} has no layer`];
    return arrows
      .filter(
        (arrow) => !(graph.has(arrow.to) ? seesModule(module, arrow.to, rules) : seesPackage(module, arrow, rules)),
      )
      .map(({ to, typeOnly }) => `${module} may not import ${typeOnly ? 'types of ' : ''}${to}`);
  });
}

function seesModule(module: string, to: string, rules: Rules): boolean {
  const rank = rankOf(module, rules);
  const sees = rules.layers[rank]?.sees;
  const [room, other] = [roomOf(module), roomOf(to)];
  if (sees) return (room !== '' && room === other) || matchesAny(sees, to);
  if (rankOf(to, rules) > rank) return false;
  const knows = rules.rooms[room];
  return knows === undefined || other === '' || room === other || matchesAny(knows, to);
}

function seesPackage(module: string, { to, typeOnly }: Arrow, { layers, exceptions }: Rules): boolean {
  const layer = layers.find(({ modules }) => matchesAny(modules, module));
  return (
    to.startsWith('node:') ||
    layer?.packages?.includes(to) === true ||
    exceptions[module]?.includes(to) === true ||
    (typeOnly && layer?.types?.includes(to) === true)
  );
}

/** Each way round a cycle that a walk from every module comes upon; none only if there is no cycle. */
export function cycles(graph: Graph): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (module: string, path: readonly string[]): void => {
    if (path.includes(module)) {
      found.push([...path.slice(path.indexOf(module)), module].join(' → '));
    } else if (!done.has(module)) {
      graph.get(module)?.forEach(({ to }) => walk(to, [...path, module]));
      done.add(module);
    }
  };
  for (const module of graph.keys()) walk(module, []);
  return found;
}

/** All modules that a module imports, itself or through others. */
export function reachedFrom(module: string, graph: Graph): ReadonlySet<string> {
  const reached = new Set([module]);
  for (const next of reached) graph.get(next)?.forEach(({ to }) => reached.add(to));
  return reached;
}

function rankOf(module: string, { layers }: Rules): number {
  return layers.findIndex(({ modules }) => matchesAny(modules, module));
}

export function roomOf(module: string): string {
  return module.includes('/') ? module.slice(0, module.indexOf('/')) : '';
}

function matchesAny(patterns: readonly string[], module: string): boolean {
  return patterns.some((pattern) => {
    if (pattern.endsWith('/**')) return module.startsWith(pattern.slice(0, -2));
    if (pattern.endsWith('/*')) return module.slice(0, module.lastIndexOf('/') + 1) === pattern.slice(0, -1);
    return module === pattern;
  });
}

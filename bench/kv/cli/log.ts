/** One line for an event: when, what, and what is to be known of it. */
export function log(event: string, facts: Readonly<Record<string, string | number>> = {}): void {
  const told = Object.entries(facts).map(([name, value]) => `${name}=${quoted(String(value))}`);
  console.log([new Date().toISOString(), event, ...told].join(' '));
}

const quoted = (value: string): string => (/^[\w.:/[\]-]+$/.test(value) ? value : JSON.stringify(value));

/** The messages of a flow for whoever pulls them: an async iterable that waits while there are none. */
export function pulled({ next }) {
  let wake = () => undefined;
  async function* messages() {
    for (;;) {
      const message = next();
      if (message) yield message;
      else await new Promise((resolve) => (wake = resolve));
    }
  }
  return { messages: messages(), send: () => wake() };
}

import { describeConnector } from "../../support/connector-suite.ts";
import { createToy, toySandbox } from "../../support/toy-provider.ts";

describeConnector({
  name: "toy",
  sandbox: toySandbox,
  open({ url, timeouts }) {
    const toy = createToy({ url, timeouts });
    return {
      oauth: toy.oauth,
      read: (token, signal) => toy.readNote(token, "seeded-1", signal),
      write: (token, fact, signal) => toy.makeNote(token, { id: fact, text: "" }, signal),
      close: () => toy.http.close(),
    };
  },
  paths: { token: "/oauth/token", read: "/notes/", write: "/notes" },
  countWritten: (state, fact) =>
    (state as { notes: { id: string }[] }).notes.filter((note) => note.id === fact).length,
});

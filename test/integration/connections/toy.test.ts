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
      close: () => toy.http.close(),
      toy,
    };
  },
  paths: { token: "/oauth/token", read: "/notes/" },
  writes: {
    path: "/notes",
    write: ({ toy }, fact, { accessToken, signal }) =>
      toy.makeNote(accessToken, { id: fact, text: "" }, signal),
    count: (state, fact) =>
      (state as { notes: { id: string }[] }).notes.filter((note) => note.id === fact).length,
  },
});

// Redirects of a request: those that are followed, and the origins that receive the token.

import { MockAgent } from "undici";
import { describe, expect, it } from "vitest";
import { FetchError } from "./fetch-error.ts";
import { get } from "./request.ts";

/** Simulates hosts that answer with redirects, without a network. */
function hosts(redirects: Record<string, string>) {
  const agent = new MockAgent();
  agent.disableNetConnect();
  const authorized: (string | undefined)[] = [];
  for (const [from, location] of Object.entries(redirects)) {
    const { origin, pathname } = new URL(from);
    agent
      .get(origin)
      .intercept({ path: pathname })
      .reply(({ headers }) => {
        authorized.push((headers as Record<string, string>).authorization);
        if (location === "") return { statusCode: 200, data: "here" };
        return { statusCode: 302, responseOptions: { headers: { location } } };
      });
  }
  return { agent, authorized };
}

describe("get", () => {
  it("refuses a redirect from https to http, also after another redirect", async () => {
    const { agent } = hosts({ "https://a.test/1": "https://b.test/2", "https://b.test/2": "http://b.test/3" });
    const error = await get("https://a.test/1", { transport: () => agent, headers: {} }).catch((e) => e);
    expect(error).toBeInstanceOf(FetchError);
    expect(error).toMatchObject({ kind: "redirect" });
    expect(error.message).toContain("https://b.test/2: a redirect from https to plain http (http://b.test/3)");
  });

  it("follows a redirect from http to https", async () => {
    const { agent } = hosts({ "http://a.test/1": "https://a.test/1", "https://a.test/1": "" });
    const { url, status } = await get("http://a.test/1", { transport: () => agent, headers: {} });
    expect([url, status]).toEqual(["https://a.test/1", 200]);
  });

  it("sends the token to its own origin only: to no other port, scheme or host with a similar name", async () => {
    const { agent, authorized } = hosts({
      "https://hub.test/1": "https://hub.test/2",
      "https://hub.test/2": "https://hub.test:444/3",
      "https://hub.test:444/3": "https://hub.test.evil.test/4",
      "https://hub.test.evil.test/4": "https://hub.test/5",
      "https://hub.test/5": "",
    });
    const bearer = { origin: "https://hub.test", token: "secret" };
    await get("https://hub.test/1", { transport: () => agent, headers: {}, bearer });
    expect(authorized).toEqual(["Bearer secret", "Bearer secret", undefined, undefined, "Bearer secret"]);
  });
});

import { expect, test } from "vitest";
import { insertMember, type Role } from "../../../src/db/company-members.ts";
import { startApi, type ApiSetup, type Person } from "../api/start-api.ts";

async function withColleagues(api: ApiSetup, owner: Person): Promise<Record<Role, Person>> {
  const add = async (role: Role): Promise<Person> => {
    const person = await api.signUp({ company: null });
    const { companyId } = owner;
    await api.sql.begin((tx) => insertMember(tx, { companyId, userId: person.userId, role }));
    const switched = { token: person.token };
    expect((await api.ask("POST", `/api/companies/${companyId}/switch`, switched)).status).toBe(
      200,
    );
    return { ...person, companyId };
  };
  return {
    owner,
    admin: await add("admin"),
    member: await add("member"),
    viewer: await add("viewer"),
  };
}

function membersOf({ companyId }: Person): string {
  return `/api/companies/${companyId}/members`;
}

test("members are seen by all of them, changed by admins, and by no API token", async () => {
  const api = await startApi();
  const owner = await api.signUp();
  const people = await withColleagues(api, owner);
  const path = `/api/companies/${owner.companyId}/members`;
  const list = await api.ask("GET", path, { token: people.viewer.token });
  expect(list.status).toBe(200);
  expect(list.body.data).toContainEqual({
    id: owner.userId,
    name: expect.stringMatching(/^Person /),
    email: owner.email,
    role: "owner",
    avatar_url: null,
  });
  expect(list.body.data.map(({ role }: { role: string }) => role).toSorted()).toEqual([
    "admin",
    "member",
    "owner",
    "viewer",
  ]);
  expect(list.body.meta.total).toBe(4);

  const stranger = await api.signUp();
  const tokenReply = await api.ask("POST", "/api/api-tokens", {
    token: owner.token,
    body: { name: "all scopes" },
  });
  const apiToken = tokenReply.body.data.token;
  const operations: [string, string, object?][] = [
    ["GET", path],
    ["POST", `${path}/invite`, { email: "new@example.test", role: "member" }],
    ["GET", `${path}/invitations`],
    ["DELETE", `${path}/invitations/999`],
    ["POST", `${path}/invitations/999/resend`],
    ["PUT", `${path}/${people.member.userId}`, { role: "viewer" }],
    ["DELETE", `${path}/${people.admin.userId}`],
  ];
  const statusesOf = async (token: string) => {
    const replies = [];
    for (const [method, address, body] of operations) {
      replies.push(await api.ask(method, address, { token, body }));
    }
    return replies.map(({ status, body }) => (status >= 400 ? body.code : status));
  };
  const needsAdmin = [200, ...Array.from({ length: 6 }, () => "role_required")];
  expect(await statusesOf(people.viewer.token)).toEqual(needsAdmin);
  expect(await statusesOf(people.member.token)).toEqual(needsAdmin);
  expect(await statusesOf(stranger.token)).toEqual(operations.map(() => "not_found"));
  expect(await statusesOf(apiToken)).toEqual(operations.map(() => "session_required"));
  const accept = await api.ask("POST", "/api/invitations/nli_x/accept", { token: apiToken });
  expect(accept.body.code).toBe("session_required");
  // An admin may all of it, but not remove themselves.
  expect(await statusesOf(people.admin.token)).toEqual([
    200,
    201,
    200,
    "not_found",
    "not_found",
    200,
    "invalid_input",
  ]);
});

test("the owner stays the owner, and nobody else becomes one", async () => {
  const api = await startApi();
  const owner = await api.signUp();
  const { admin, member } = await withColleagues(api, owner);
  const path = `/api/companies/${owner.companyId}/members`;
  const put = async (person: Person, userId: number, role: string) =>
    await api.ask("PUT", `${path}/${userId}`, { token: person.token, body: { role } });
  const remove = async (person: Person, userId: number) =>
    await api.ask("DELETE", `${path}/${userId}`, { token: person.token });

  for (const person of [admin, owner]) {
    const changed = await put(person, owner.userId, "member");
    expect([changed.status, changed.body.message]).toEqual([403, "Cannot change the owner role."]);
    const removed = await remove(person, owner.userId);
    expect([removed.status, removed.body.message]).toEqual([
      403,
      "Cannot remove the company owner.",
    ]);
  }
  expect((await put(owner, member.userId, "owner")).body.errors).toHaveProperty("role");
  expect((await put(owner, 999_999, "member")).status).toBe(404);
  expect((await remove(owner, 999_999)).status).toBe(404);
  const itself = await remove(admin, admin.userId);
  expect([itself.status, itself.body.message]).toEqual([422, "You cannot remove yourself."]);

  const promoted = await put(admin, member.userId, "admin");
  expect([promoted.status, promoted.body.message]).toEqual([200, "Member updated."]);
  // At once: the member's next request has the new role.
  const company = { token: member.token, body: { phone: "1" } };
  expect((await api.ask("PATCH", `/api/companies/${owner.companyId}`, company)).status).toBe(200);
  const story = await api.ask(
    "GET",
    `/api/activity-log?subject_type=member&subject_id=${member.userId}`,
    { token: admin.token },
  );
  expect(story.body.data).toMatchObject([
    { event: "role_changed", properties: { from: "member", to: "admin" } },
  ]);
  const [audit] =
    await api.sql`select action, user_id from audit_log where subject_type = 'member'`;
  expect(audit).toEqual({ action: "member.role_changed", userId: admin.userId });
});

test("whoever is removed is out at once, with every session and token, and their timer stops", async () => {
  const api = await startApi();
  const owner = await api.signUp();
  const { admin } = await withColleagues(api, owner);
  const { companyId } = owner;
  const [own, mine] = [{ token: owner.token }, { token: admin.token }];
  const made = await api.ask("POST", "/api/api-tokens", { ...mine, body: { name: "T" } });
  const apiToken = { token: made.body.data.token };
  const client = await api.ask("POST", "/api/clients", { ...own, body: { name: "C" } });
  const body = { client_id: client.body.data.id, name: "P" };
  const project = await api.ask("POST", "/api/projects", { ...own, body });
  const start = { ...mine, body: { project_id: project.body.data.id } };
  expect((await api.ask("POST", "/api/timer/start", start)).status).toBe(201);
  expect((await api.ask("GET", "/api/clients", apiToken)).status).toBe(200);
  expect((await api.ask("GET", "/api/clients", mine)).status).toBe(200);

  api.clock.advanceMs(60_000);
  const path = `/api/companies/${companyId}/members/${admin.userId}`;
  expect((await api.ask("DELETE", path, own)).status).toBe(204);

  expect((await api.ask("GET", "/api/clients", apiToken)).status).toBe(401);
  expect((await api.ask("GET", "/api/clients", mine)).status).toBe(404);
  const headers = { "x-company-id": String(companyId) };
  expect((await api.ask("GET", "/api/clients", { ...mine, headers })).status).toBe(404);
  expect((await api.ask("GET", `/api/companies/${companyId}`, mine)).status).toBe(404);
  const user = await api.ask("GET", "/api/auth/user", mine);
  expect(user.body.data.current_company_id).toBeNull();
  const [entry] = await api.sql`select is_running, duration from time_entries`;
  expect(entry).toEqual({ isRunning: false, duration: 60 });
  const [count] = await api.sql`select count(*)::int as count from company_members`;
  expect(count?.["count"]).toBe(3);
});

test("an address is invited once at a time, and not so often that it is a nuisance", async () => {
  const api = await startApi({
    mailLimits: {
      resetsPerAddress: 3,
      resetsPerCaller: 20,
      invitationsPerAddress: 2,
      invitationsPerCompany: 3,
    },
  });
  const [owner, other] = [await api.signUp(), await api.signUp()];
  const invite = async (person: Person, email: string, role = "member") =>
    await api.ask("POST", `${membersOf(person)}/invite`, {
      token: person.token,
      body: { email, role },
    });

  for (const [role, email, field] of [
    ["owner", "a@example.test", "role"],
    ["boss", "a@example.test", "role"],
    ["member", "nobody", "email"],
  ] as const) {
    const reply = await invite(owner, email, role);
    expect([reply.status, Object.keys(reply.body.errors)]).toEqual([422, [field]]);
  }
  const member = await invite(owner, owner.email.toUpperCase());
  expect([member.status, member.body.message]).toEqual([422, "User is already a member."]);

  const replies = await Promise.all(
    ["x@example.test", "X@example.test"].map((email) => invite(owner, email)),
  );
  expect(replies.map(({ status }) => String(status)).toSorted()).toEqual(["201", "422"]);
  const refused = replies.find(({ status }) => status === 422)?.body;
  expect([refused.code, refused.errors.email]).toEqual([
    "invitation_pending",
    ["An invitation is already pending."],
  ]);
  expect((await invite(other, "x@example.test")).status).toBe(201);

  const list = await api.ask("GET", `${membersOf(owner)}/invitations`, { token: owner.token });
  expect(list.body.data).toHaveLength(1);
  const { id } = list.body.data[0];
  const resend = `${membersOf(owner)}/invitations/${id}/resend`;
  const tooMany = await api.ask("POST", resend, { token: owner.token });
  expect([tooMany.status, tooMany.body.code]).toEqual([429, "too_many_requests"]);
  expect(Number(tooMany.headers.get("retry-after"))).toBe(86_400);
  expect((await invite(owner, "y@example.test")).status).toBe(201);
  expect((await invite(owner, "z@example.test")).status).toBe(201);
  expect((await invite(owner, "w@example.test")).status).toBe(429);
  // What was refused left nothing behind.
  expect(await api.sql`select 1 from deliveries`).toHaveLength(4);
  // Another company's invitation is none.
  const foreign = `${membersOf(other)}/invitations/${id}`;
  for (const [method, address] of [
    ["POST", `${foreign}/resend`],
    ["DELETE", foreign],
  ] as const) {
    expect((await api.ask(method, address, { token: other.token })).status).toBe(404);
  }
});

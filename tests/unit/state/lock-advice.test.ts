import { lockAdvice } from "../../../state/lock-advice";

// As the CLI of 3.250 says it.
const SAID = `error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`.
  file:///home/me/state/.pulumi/locks/organization/homeport/dev/4d.json: created by me@desk (pid 4711) at 2026-12-01T09:00:00Z`;

const here = (isAlive: boolean) => ({ name: "desk", isAlive: () => isAlive });

test("a lock whose process lives here is waited for", () => {
  expect(lockAdvice(SAID, here(true))).toBe(
    "the stack is locked by process 4711 of me on desk, which still runs here: wait until it ends, or press Ctrl-C there",
  );
});

test("a lock whose process has died here is taken away by a command", () => {
  expect(lockAdvice(SAID, here(false))).toMatch(/process 4711 of me on desk, which runs no more: 'npm run recover'/);
});

test("of a lock of another machine nobody here can tell", () => {
  expect(lockAdvice(SAID, { name: "laptop", isAlive: () => false })).toMatch(
    /on desk: wait until it ends; only if you know .* 'pulumi cancel'/,
  );
});

test("any other message is none of a lock", () => {
  expect(lockAdvice("error: no stack named 'dev' found", here(true))).toBeUndefined();
});

import { shown } from "../../../commands/doctor";

test("what is good is a line with what was seen, and its notes", () => {
  expect(shown({ what: "the machine pi", faults: [], seen: "Debian", notes: ["a restart waits"] })).toBe(
    "good  the machine pi: Debian\nnote  the machine pi: a restart waits\n",
  );
});

test("what is not is a line for each fault, and is not called good", () => {
  expect(shown({ what: "Docker here", faults: ["start it", "add the emulation"], seen: "builds" })).toBe(
    "TO DO Docker here: start it\nTO DO Docker here: add the emulation\n",
  );
});

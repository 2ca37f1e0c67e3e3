import { Readable } from "node:stream";
import { text } from "node:stream/consumers";

import { printable, printableLines } from "../../../lib/printable";

test.each([
  ["clears the screen", "\u001B[2J", "\uFFFD[2J"],
  ["sets the title, and has it typed", "\u001B]0;rm -rf ~\u0007\u001B[21t", "\uFFFD]0;rm -rf ~\uFFFD\uFFFD[21t"],
  ["overwrites a line", "failed\rall well", "failed\uFFFDall well"],
  ["is a control in one byte", "\u009B31m", "\uFFFD31m"],
  ["reorders a line", "\u202Eevil", "\uFFFDevil"],
])("what %s loses its power", (_what, sent, shown) => {
  expect(printable(sent)).toBe(shown);
});

test("words, tabs, lines and letters of any language stay", () => {
  expect(printable("Größe\t1\r\n日本 🦆\n")).toBe("Größe\t1\n日本 🦆\n");
});

test("a stream is the same, also where a letter comes in two parts", async () => {
  const bytes = Buffer.from("a🦆\u001B[2Jb");
  const parts = [bytes.subarray(0, 3), bytes.subarray(3)];
  expect(await text(Readable.from(parts).pipe(printableLines()))).toBe("a🦆\uFFFD[2Jb");
});

test("a line becomes what it is to be shown as, and cannot bring a control back in", async () => {
  const shown = (line: string): string => (JSON.parse(line) as { said: string }).said;
  const lines = Buffer.from('{"said": "one"}\r\n{"said": "t\\u001bwo"}\n{"said": "three"}');
  const parts = [lines.subarray(0, 5), lines.subarray(5, 30), lines.subarray(30)];
  expect(await text(Readable.from(parts).pipe(printableLines(shown)))).toBe("one\nt\uFFFDwo\nthree");
});

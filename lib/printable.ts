import { Transform } from "node:stream";
import { StringDecoder } from "node:string_decoder";

/** C0 and C1 controls but tab and line feed, DEL, and marks that reorder a line (Unicode Technical Report 36, section 3.1). */
// eslint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text of another machine as a terminal may have it: a control character could move the cursor, change the title or answer in the user's name, so each
 * becomes U+FFFD. A carriage return before a line feed goes without a trace.
 */
export function printable(text: string): string {
  return text.replaceAll("\r\n", "\n").replaceAll(UNPRINTABLE, "\uFFFD");
}

/** The same for a stream, line by line; `shown`: what becomes of a line before. */
export function printableLines(shown: (line: string) => string = (line) => line): Transform {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const lines = (rest + decoder.write(chunk)).split("\n");
      rest = lines.pop() ?? "";
      done(null, lines.map((line) => `${printable(shown(line.replace(/\r$/, "")))}\n`).join(""));
    },
    flush(done) {
      const last = rest + decoder.end();
      done(null, last === "" ? "" : printable(shown(last)));
    },
  });
}

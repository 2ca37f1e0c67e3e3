import { defaultMirror, mirrorIn, sourceLines } from "../../../lab/images/debian";
import { elapsed } from "../../../lab/progress";
import { titleOf } from "../../../lab/stack/visit";
import { refuseOld } from "../../../lab/toolchain/go";

describe("small parts of the lab", () => {
  it("takes the machine's own mirror, in either format of apt's sources", () => {
    const modern =
      "# URIs: http://old.example/debian\nTypes: deb\nURIs: http://mirror.example/debian/\n\nURIs: http://mirror.example/debian-security\n";
    expect(mirrorIn(modern)).toEqual({
      main: "http://mirror.example/debian",
      security: "http://mirror.example/debian-security",
    });
    const classic =
      "deb [arch=amd64] https://ftp.example/debian bookworm main\ndeb https://packages.example/apt stable main\n";
    const mirror = mirrorIn(classic);
    expect(mirror).toEqual({ main: "https://ftp.example/debian", security: "https://ftp.example/debian-security" });
    expect(mirror && sourceLines(mirror, "bookworm")[2]).toBe(
      "deb https://ftp.example/debian-security bookworm-security main",
    );
    expect(mirrorIn("deb https://packages.example/ubuntu noble main\n")).toBeUndefined();
  });

  it("takes Debian's own mirror from debootstrap, and says where it is missing", () => {
    expect(defaultMirror('VERSION=1\nDEF_MIRROR="http://mirror.example/debian"\n')).toBe(
      "http://mirror.example/debian",
    );
    expect(() => defaultMirror("VERSION=1\n")).toThrow(/no Debian mirror is known/);
  });

  it.each([
    [0, "0 s"],
    [59_900, "59 s"],
    [185_000, "3 min 5 s"],
  ])("says %d ms as %s", (milliseconds, text) => {
    expect(elapsed(milliseconds)).toBe(text);
  });

  it("finds a page's title", () => {
    expect(titleOf("<html><title>\n  Salt &amp; wind </title>")).toBe("Salt & wind");
    expect(titleOf("no page")).toBe("");
  });

  it("rejects a Go that cannot fetch a newer one, and says where to get one", () => {
    expect(() => {
      refuseOld("1.19.8", "the Go on PATH");
    }).toThrow(/is 1\.19\.8, older than 1\.21: install Go/);
    expect(() => {
      refuseOld("1.21.0", "the Go on PATH");
    }).not.toThrow();
  });
});

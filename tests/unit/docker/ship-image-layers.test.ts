import { readdirSync } from "node:fs";

import { temporaryDirectory } from "../../support/directory";
import { CONTAINERD_STORE, Engines, FakeImage, FakeLayer, loaded, shipImage } from "../../support/image-engines";
import { FakePrograms } from "../../support/script-run";
import { Ended } from "../../support/tools";

const root = temporaryDirectory();

const IMAGE = "homeport-dev:0123abcd";
const ID = "sha256:c0ffee";
const BASE = ["sha256:a", "sha256:b"];

const layer = (diffId: string, file: string): FakeLayer => ({ diffId: `sha256:${diffId}`, file });

/** As Docker before 25 saves it. */
const OLD: FakeImage = {
  id: ID,
  config: "c0ffee.json",
  layers: ["a", "b", "c", "d"].map((one) => layer(one, `0${one}/layer.tar`)),
};

/** As Docker 25 and later do: files by their digests, which are not those of what the layers hold where they are compressed. */
const OCI: FakeImage = {
  id: ID,
  config: "blobs/sha256/c0ffee",
  layers: ["a", "b", "c", "d"].map((one) => layer(one, `blobs/sha256/9${one}`)),
};

function ship(engines: Partial<Engines>): { ended: Ended; fakes: FakePrograms } {
  const { ended, fakes } = shipImage(root, { image: IMAGE, here: OLD, ...engines });
  // How much tar puts around a file differs.
  return { ended: { ...ended, stdout: ended.stdout.replace(/\(\d+ kB/, "(a few kB") }, fakes };
}

const LOOKING = `looking for what pi lacks of ${IMAGE}\n`;
const part = (count: number): string =>
  `sending ${count} of 4 layers of ${IMAGE} (a few kB before compression) to pi\n`;
const WHOLE = `sending all 4 layers of ${IMAGE} (81 MB before compression) to pi\n`;

describe.each([
  ["an old archive", OLD],
  ["an archive of Docker 25", OCI],
])("%s", (_, here) => {
  const files = (from: number): string[] =>
    ["manifest.json", here.config, ...here.layers.slice(from).map(({ file }) => file)].sort();

  test.each([
    ["nothing but the configuration, where the server has all layers", [[...BASE, "sha256:c", "sha256:d"]], 4],
    [
      "the layers after those of an image that the server has",
      [["sha256:x"], [...BASE, "sha256:old"], ["sha256:a"]],
      2,
    ],
    ["all above the lowest", [["sha256:a"]], 1],
  ])("brings %s", (_what, others, shared) => {
    const { ended, fakes } = ship({ here, others });
    expect(ended).toEqual({ code: 0, stdout: LOOKING + part(4 - shared), stderr: "" });
    expect(loaded(fakes)).toEqual(files(shared));
    expect(loaded(fakes, 2)).toBeUndefined();
    expect(readdirSync(`${fakes.directory}/tmp`)).toEqual([]);
  });

  test.each([
    ["the server has none of the layers", [["sha256:x"]]],
    ["the server has no image", undefined],
    // The engine knows them by what lies below them.
    ["the server has upper layers alone", [["sha256:b", "sha256:c", "sha256:d"]]],
  ])("is sent as it is where %s", (_what, others) => {
    const { ended, fakes } = ship({ here, ...(others ? { others } : {}) });
    expect(ended).toEqual({ code: 0, stdout: WHOLE, stderr: "" });
    expect(loaded(fakes)).toEqual(files(0));
  });

  test("is sent whole, and it is said why, where the server does not take a part", () => {
    const { ended, fakes } = ship({ here, others: [BASE], wholeOnly: true });
    const refused = `pi refused a partial archive of ${IMAGE}: open ${here.layers[0]?.file ?? ""}: no such file\n`;
    expect(ended).toEqual({ code: 0, stdout: LOOKING + part(2) + refused + WHOLE, stderr: "" });
    expect(loaded(fakes)).toEqual(files(2));
    expect(loaded(fakes, 2)).toEqual(files(0));
    expect(readdirSync(`${fakes.directory}/tmp`)).toEqual([]);
  });

  test("is asked for, sent and proved by three connections", () => {
    const { fakes } = ship({ here, others: [BASE] });
    expect(fakes.read("asked").match(/^docker image inspect.*|.*docker load.*/gm)).toEqual([
      `docker image inspect --format 'id {{.Id}}' '${IMAGE}'`,
      "gunzip | docker load --quiet",
      `docker image inspect --format '{{.Id}}{{range .RootFS.Layers}} {{.}}{{end}}' '${IMAGE}'`,
    ]);
  });
});

test("a layer that is a link brings what it leads to, once", () => {
  const [a, b, ...more] = OLD.layers;
  if (a === undefined || b === undefined) throw new Error("the image has layers");
  const twin = { ...a, file: "0e/layer.tar", linkTo: "../0a/layer.tar" };
  const later = { ...b, file: "0f/layer.tar", linkTo: "../0e/layer.tar" };
  // Of the links one leads to a layer that the server has, the other to one that is sent.
  const { fakes, ended } = ship({ here: { ...OLD, layers: [a, b, ...more, twin, later] }, others: [["sha256:a"]] });
  expect(ended.code).toBe(0);
  expect(loaded(fakes)).toEqual([
    ...["0b/layer.tar", "0c/layer.tar", "0d/layer.tar", "0e/layer.tar", "0f/layer.tar"],
    ...["c0ffee.json", "manifest.json"],
  ]);
  expect(fakes.read("there/loaded-1/0e/layer.tar")).toBe("layer sha256:a");
});

test("a file that is two layers is sent once", () => {
  const { fakes, ended } = ship({
    here: { ...OCI, layers: [...OCI.layers, layer("d", "blobs/sha256/9d")] },
    others: [BASE],
  });
  expect(ended.code).toBe(0);
  expect(fakes.read("there/loaded-1/blobs/sha256/9d")).toBe("layer sha256:d");
});

test.each([
  [
    "two images",
    JSON.stringify([
      { Config: "1", Layers: ["0a/layer.tar"] },
      { Config: "2", Layers: [] },
    ]),
  ],
  ["other layers than the engine listed", JSON.stringify([{ Config: "1", Layers: ["0a/layer.tar"] }])],
  ["nothing", ""],
])("an archive that speaks of %s is sent whole", (_, manifest) => {
  const { ended, fakes } = ship({ here: { ...OLD, manifest }, others: [BASE] });
  const why = `${IMAGE} cannot be taken apart here: its manifest.json has an unexpected format\n`;
  expect(ended).toEqual({ code: 0, stdout: LOOKING + why + WHOLE, stderr: "" });
  expect(loaded(fakes)).toContain("0a/layer.tar");
});

test.each([
  ["containerd's", CONTAINERD_STORE],
  ["Podman's", "overlay [[Backing Filesystem extfs]]"],
])("a server whose store is %s is sent all, and said so, and may have another id for it", (_, storeThere) => {
  const { ended, fakes } = ship({ others: [BASE], storeThere, idThere: "sha256:of-a-manifest" });
  expect(ended).toEqual({ code: 0, stdout: `pi's engine accepts only whole images\n${WHOLE}`, stderr: "" });
  expect(loaded(fakes)).toHaveLength(6);
});

test("a workstation whose store is containerd's sends a part, which is proved by the configuration's digest", () => {
  const engines = { here: { ...OCI, id: "sha256:of-a-manifest" }, storeHere: CONTAINERD_STORE, others: [BASE] };
  expect(ship({ ...engines, idThere: ID }).ended).toEqual({ code: 0, stdout: LOOKING + part(2), stderr: "" });
  expect(ship({ ...engines, idThere: "sha256:of-another" }).ended.stdout).toContain(
    `pi refused a partial archive of ${IMAGE}: it now has another image of that name\n`,
  );
});

test("zstd compresses where both ends have it", () => {
  const { ended, fakes } = ship({
    others: [BASE],
    programs: { zstd: 'case "$*" in --version) ;; *) echo "$*" >>"$FAKES/compressed"; cat ;; esac\n' },
  });
  expect(ended.code).toBe(0);
  expect(fakes.read("compressed").split("\n").sort()).toEqual(["", "-q -T0", "-q -d"]);
});

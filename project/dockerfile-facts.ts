/** What a Dockerfile says of the container. */
export interface DockerfileFacts {
  /** From the project's folder. */
  readonly file: string;
  /** The lowest port that EXPOSE names. */
  readonly port: number | undefined;
  /** As they stand there. */
  readonly command: string | undefined;
  readonly entrypoint: string | undefined;
  readonly user: string | undefined;
  /** Variables that ENV sets. */
  readonly environment: Readonly<Record<string, string>>;
  /** Folders that VOLUME names. */
  readonly volumes: readonly string[];
  /** Names of its stages. */
  readonly stages: readonly string[];
}

/** Reads the last stage of a Dockerfile, and the stages of this file that it is based on. */
export function dockerfileFacts(file: string, text: string): DockerfileFacts {
  const all = text
    .replace(/^[ \t]*#.*\r?\n/gm, "")
    .replace(/[\\`][ \t]*\r?\n/g, " ")
    .split(/\r?\n/)
    .flatMap((line) => {
      const [, word = "", rest = ""] = /^\s*([A-Za-z]+)\s+(.*)$/.exec(line) ?? [];
      return word === "" ? [] : [{ word: word.toUpperCase(), rest: rest.trim() }];
    });
  const stages = stagesOf(all);
  const lines = linesOf(stages, stages.at(-1));
  const last = (word: string): string | undefined => lines.filter((line) => line.word === word).at(-1)?.rest;
  const ports = lines
    .filter(({ word }) => word === "EXPOSE")
    .flatMap(({ rest }) => Array.from(rest.matchAll(/(\d+)(?:\/tcp)?(?=\s|$)/g), ([, one]) => Number(one)));
  return {
    file,
    port: ports.length === 0 ? undefined : Math.min(...ports),
    command: last("CMD"),
    entrypoint: last("ENTRYPOINT"),
    user: last("USER"),
    environment: Object.assign(
      {},
      ...lines.filter(({ word }) => word === "ENV").map(({ rest }) => pairs(rest)),
    ) as Record<string, string>,
    volumes: lines
      .filter(({ word }) => word === "VOLUME")
      .flatMap(({ rest }) =>
        rest
          .replace(/[[\]",]/g, " ")
          .trim()
          .split(/\s+/),
      ),
    stages: stages.flatMap(({ name }) => name ?? []),
  };
}

interface Line {
  readonly word: string;
  readonly rest: string;
}

interface Stage {
  readonly from: string;
  readonly name: string | undefined;
  readonly lines: readonly Line[];
}

function stagesOf(all: readonly Line[]): readonly Stage[] {
  const starts = all.flatMap(({ word }, index) => (word === "FROM" ? [index] : []));
  return starts.map((start, index) => {
    const [, from = "", name] = /^(?:--\S+\s+)*(\S+)(?:\s+as\s+(\S+))?/i.exec(all[start]?.rest ?? "") ?? [];
    return { from, name, lines: all.slice(start + 1, starts[index + 1]) };
  });
}

// A stage goes on from an earlier one of the same file.
function linesOf(stages: readonly Stage[], stage: Stage | undefined): readonly Line[] {
  if (stage === undefined) return [];
  const before = stages.slice(0, stages.indexOf(stage));
  return [...linesOf(before, before.filter(({ name }) => name === stage.from).at(-1)), ...stage.lines];
}

/** `A=1 B="x y"`, or the old form `A 1`. */
function pairs(rest: string): Record<string, string> {
  const found = Array.from(
    rest.matchAll(/(\w+)=(?:"([^"]*)"|'([^']*)'|(\S*))/g),
    ([, name = "", double, single, plain]) => [name, double ?? single ?? plain ?? ""],
  );
  if (found.length > 0) return Object.fromEntries(found) as Record<string, string>;
  const [, name = "", value = ""] = /^(\w+)\s+(.*)$/.exec(rest) ?? [];
  return name === "" ? {} : { [name]: value };
}

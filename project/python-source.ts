import { Folder, joined } from "./folder";

/** Modules that a settings module is made of, at most: a circle of imports ends. */
const MOST_MODULES = 40;

/** A Python file of the project. */
export interface PythonFile {
  /** From the folder. */
  readonly name: string;
  /** Without comments. */
  readonly text: string;
}

/** A module's file below `root`, the directory that Python imports from. */
export function moduleFile(folder: Folder, root: string, module: string): string | undefined {
  const base = joined(root, module.replaceAll(".", "/"));
  return [`${base}.py`, `${base}/__init__.py`].find((name) => folder.has(name));
}

/** A settings module and what it imports of the project, itself first. */
export function settingsFiles(folder: Folder, root: string, module: string): readonly PythonFile[] {
  const found = new Map<string, PythonFile>();
  const visit = (name: string): void => {
    const file = moduleFile(folder, root, name);
    if (file === undefined || found.has(file) || found.size >= MOST_MODULES) return;
    const text = withoutComments(folder.read(file) ?? "");
    found.set(file, { name: file, text });
    const inPackage = file.endsWith("/__init__.py") ? name : name.replace(/(^|\.)\w+$/, "");
    for (const imported of importsOf(text, inPackage)) visit(imported);
  };
  visit(module);
  return [...found.values()];
}

/** Names of modules that a text imports with `from`, as from the root; `inPackage` is the package that it is in. */
function importsOf(text: string, inPackage: string): string[] {
  return Array.from(text.matchAll(/^[ \t]*from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+\(?([^\n)]*)/gm)).flatMap(
    ([, dots = "", module = "", names = ""]) => {
      const above = inPackage.split(".");
      const base = dots === "" ? [] : above.slice(0, above.length - dots.length + 1);
      const whole = [...base, module].filter((part) => part !== "").join(".");
      // `from . import base` imports a module, not a name of one.
      const parts = names.split(",").map((name) => name.trim().split(" ")[0] ?? "");
      return [
        whole,
        ...parts
          .filter((name) => /^\w+$/.test(name))
          .map((name) => [whole, name].filter((part) => part !== "").join(".")),
      ];
    },
  );
}

/** A text without comments and docstrings. A number sign inside of a string is rarely behind a space. */
export function withoutComments(text: string): string {
  return text.replace(/("""|''')[^]*?\1/g, '""').replace(/(^|\s)#.*$/gm, "$1");
}

/** A setting's text where it is one literal, such as WSGI_APPLICATION = "mysite.wsgi.application"; the last file that was imported comes last. */
export function literal(files: readonly PythonFile[], setting: string): string | undefined {
  const assigned = new RegExp(String.raw`^${setting}\s*(?::[^=\n]*)?=\s*\(?\s*[rf]?(["'])([^"'\n]*)\1`, "m");
  for (const { text } of files) {
    const value = assigned.exec(text)?.[2];
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Whether a setting is assigned anywhere. */
export function assigns(files: readonly PythonFile[], setting: string): boolean {
  return files.some(({ text }) => new RegExp(String.raw`^\s*${setting}\s*(?::[^=\n]*)?=[^=]`, "m").test(text));
}

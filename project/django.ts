import { Folder, joined } from "./folder";
import { assigns, literal, moduleFile, PythonFile, settingsFiles, withoutComments } from "./python-source";

/** Where Django's parts of a project are. */
export interface DjangoLayout {
  /** The folder of manage.py, from the project's folder: Python imports from there. */
  readonly root: string;
  /** The settings module that manage.py names unless a variable does. */
  readonly manageSettings: string | undefined;
  /** The one that wsgi.py or asgi.py names, which a server gets; manage.py's where they name none. */
  readonly settings: string | undefined;
  /** Its file and what it imports of the project. */
  readonly files: readonly PythonFile[];
  /** Such as mysite.wsgi:application; undefined: there is none. */
  readonly wsgi: string | undefined;
  readonly asgi: string | undefined;
  /** Whether the settings name an ASGI application, and whether they name no other. */
  readonly asgiOnly: boolean;
  readonly channels: boolean;
  readonly whiteNoise: boolean;
  readonly staticRoot: boolean;
  /** Whether names of static files change with their content. */
  readonly hashedStatic: boolean;
  readonly mediaRoot: boolean;
  /** Paths at which the URLs have an admin, as far as they can be read: a hint. */
  readonly admins: readonly string[];
}

/**
 * Finds manage.py, at most two levels down; the shortest path counts. Undefined: it is no Django project. `imageSettings` is the settings module that an
 * image's environment names, which comes before all others.
 */
export function djangoLayout(folder: Folder, imageSettings: string | undefined): DjangoLayout | undefined {
  const root = folder
    .directories(2)
    .find((at) => /\bdjango\b|DJANGO_SETTINGS_MODULE/i.test(folder.read(joined(at, "manage.py")) ?? ""));
  if (root === undefined) return undefined;
  const manageSettings = settingsNamed(folder.read(joined(root, "manage.py")));
  const first = filesOf(folder, root, manageSettings);
  const [wsgi, asgi] = (["wsgi", "asgi"] as const).map((kind) =>
    applicationOf(folder, root, first, manageSettings, kind),
  );
  const entries = [wsgi, asgi].flatMap((one) =>
    one === undefined ? [] : (moduleFile(folder, root, one.split(":")[0] ?? "") ?? []),
  );
  const named = [imageSettings, ...entries.map((file) => settingsNamed(folder.read(file)))];
  const settings =
    named.find((one) => one !== undefined && moduleFile(folder, root, one) !== undefined) ?? manageSettings;
  const files = filesOf(folder, root, settings);
  const says = (what: RegExp): boolean => files.some(({ text }) => what.test(text));
  return {
    ...{ root, manageSettings, settings, files, wsgi, asgi },
    asgiOnly: assigns(files, "ASGI_APPLICATION") && !assigns(files, "WSGI_APPLICATION"),
    channels: says(/["'](channels|daphne)["']/),
    whiteNoise: says(/whitenoise/i),
    staticRoot: assigns(files, "STATIC_ROOT"),
    hashedStatic: says(/Manifest\w*Storage/),
    mediaRoot: assigns(files, "MEDIA_ROOT"),
    admins: adminsOf(folder, root, files),
  };
}

function filesOf(folder: Folder, root: string, settings: string | undefined): readonly PythonFile[] {
  return settings === undefined ? [] : settingsFiles(folder, root, settings);
}

/** The module that a text sets where the variable is not set, or sets anyway. */
function settingsNamed(text: string | undefined): string | undefined {
  return /DJANGO_SETTINGS_MODULE["'\]\s]*[,=]\s*["']([\w.]+)["']/.exec(text ?? "")?.[1];
}

function applicationOf(
  folder: Folder,
  root: string,
  files: readonly PythonFile[],
  settings: string | undefined,
  kind: "wsgi" | "asgi",
): string | undefined {
  const [, module, name] = /^([\w.]+)\.(\w+)$/.exec(literal(files, `${kind.toUpperCase()}_APPLICATION`) ?? "") ?? [];
  if (module !== undefined && moduleFile(folder, root, module) !== undefined)
    return `${module}:${name ?? "application"}`;
  // Beside the settings, or in the package above a package of settings.
  const parts = (settings ?? "").split(".");
  const packages = [parts.slice(0, -1), parts.slice(0, -2), []];
  const found = packages
    .map((above) => [...above, kind].join("."))
    .find((one) => moduleFile(folder, root, one) !== undefined);
  return found === undefined ? undefined : `${found}:application`;
}

const ADMIN = String.raw`["'](?:\^)?([\w/-]*)["']\s*,\s*(?:include\(\s*)?(?:[\w.]*admin[\w.]*\.urls\b|wagtailadmin_urls\b)`;

function adminsOf(folder: Folder, root: string, files: readonly PythonFile[]): readonly string[] {
  const file = moduleFile(folder, root, literal(files, "ROOT_URLCONF") ?? "");
  const text = file === undefined ? "" : withoutComments(folder.read(file) ?? "");
  const written = Array.from(
    text.matchAll(new RegExp(String.raw`\b(?:re_)?(?:path|url)\(\s*r?${ADMIN}`, "g")),
    ([, at = ""]) => at,
  );
  const setting = /path\(\s*settings\.(\w+)\s*,\s*[\w.]*admin[\w.]*\.urls\b/.exec(text)?.[1];
  const value = setting === undefined ? undefined : literal(files, setting);
  return [...written, ...(value === undefined ? [] : [value])].map((at) =>
    `/${at.replace(/^\/+|\/+$/g, "")}/`.replace("//", "/"),
  );
}

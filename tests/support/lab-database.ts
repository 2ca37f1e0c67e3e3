import { outputs, Lab } from "./lab";
import { LabMachine } from "./lab-machine";
import { siteShell } from "./lab-site";
import { visit } from "./lab-visitor";

/** Where a server keeps the address of the database, with its password. */
const URL_FILE = "/etc/homeport/apps/homeport-scale/database_url";

/** The address of the database, with its password, as the application on a server reads it. */
export async function databaseUrl(server: LabMachine): Promise<string> {
  return (await server.run(`cat ${URL_FILE}`)).trim();
}

/** What the driver says to an address of the database in the application's container on a server; `connected` if it lets us in. */
export async function connecting(server: LabMachine, url: string): Promise<string> {
  return siteShell(
    server,
    `import psycopg
try:
    psycopg.connect("${url}").close()
    print("connected")
except psycopg.OperationalError as error:
    print(error)`,
  );
}

/** The lines that a query gives the superuser of a database that the stack itself runs on a server. */
export async function query(server: LabMachine, sql: string): Promise<string[]> {
  return server.lines(
    `docker exec -i $(docker ps -qf label=homeport.role=postgres) psql -U postgres -At django <<'SQL'\n${sql};\nSQL`,
  );
}

/** Publishes a post of a name in the database in use. */
export async function addPost(server: LabMachine, slug: string): Promise<void> {
  await siteShell(
    server,
    `from weblog.models import Post
Post.objects.create(slug="${slug}", title="A post of the lab tests", summary="In one of two databases.", body="Nothing.", draft=False)`,
  );
}

/** What the visitor is answered who asks for it. */
export async function postStatus(lab: Lab, slug: string): Promise<number> {
  return (await visit(lab.machines.visitor, new URL(`/posts/${slug}/`, (await outputs(lab)).url).href)).status;
}

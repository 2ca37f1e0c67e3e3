import { appendFile, cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { CHECKOUT, Lab } from "./lab";
import { SettingValues, StackRun } from "./lab-stack";

/** Paths of the pages that `deployWithPages` adds. */
export const PAGES = { wait: "/lab/wait", count: "/lab/count", fail: "/lab/fail/" } as const;

/** Seconds that the page which waits takes. */
export const WAIT = 1;

/** None has a place in the example: one page does nothing but wait, one counts the bytes that it is sent, and what is below the third always fails. */
const VIEWS = `

def _wait(request):
    import time

    from django.http import HttpResponse

    time.sleep(${WAIT})
    return HttpResponse("waited", content_type="text/plain")


def _count(request):
    from django.http import HttpResponse

    read = 0
    while part := request.read(1 << 20):
        read += len(part)
    return HttpResponse(str(read), content_type="text/plain")


def _fail(request, name):
    from django.http import HttpResponse

    # Long enough to be compressed.
    return HttpResponse(name * 20, status=500)


_count.csrf_exempt = True
_fail.csrf_exempt = True
urlpatterns += [
    path("${PAGES.wait.slice(1)}", _wait),
    path("${PAGES.count.slice(1)}", _count),
    path("${PAGES.fail.slice(1)}<slug:name>", _fail),
]
`;

/** Deploys the example with three pages more, and with these settings. */
export async function deployWithPages({ stack }: Lab, settings: SettingValues): Promise<StackRun> {
  const directory = await mkdtemp(join(tmpdir(), "homeport-lab-tests-"));
  const context = join(directory, "app");
  try {
    await cp(join(CHECKOUT, "app"), context, { recursive: true });
    await appendFile(join(context, "mysite", "urls.py"), VIEWS);
    const app = { ...(settings["homeport:app"] as object | undefined), context };
    return await stack.deploy({ ...settings, "homeport:app": app });
  } finally {
    await rm(directory, { recursive: true });
  }
}

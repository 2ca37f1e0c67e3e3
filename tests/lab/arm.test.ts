import { provideEmulation } from "../../lab/engine/emulation";
import { PLATFORMS } from "../../lab/platform";
import { theLab } from "../support/lab";
import { changing } from "../support/lab-group";
import { pythonImages } from "../support/lab-python";
import { siteIsBack, webContainer } from "../support/lab-site";
import { SettingValues } from "../support/lab-stack";

/** That of a Raspberry Pi whose system has 32 bits, which the settings have by default. */
const PLATFORM = "linux/arm/v7";

// One build, one deploy and one restart; everything else runs without emulation, which makes each start of the site several times as long.
changing(PLATFORM, () => {
  afterAll(async () => {
    await (await theLab()).stack.deploy();
  });

  it("is what the site is built for, and what runs on the Pi", async () => {
    const lab = await theLab();
    const { docker, machines, stack } = lab;
    await provideEmulation((await docker.version()).Arch, PLATFORM, (line) => process.stderr.write(`${line}\n`));
    const settings: SettingValues = {
      "homeport:servers": [{ platform: PLATFORM }],
      "homeport:images": await pythonImages(lab, PLATFORM),
      // Each process of Python takes seconds to start.
      "homeport:app": { workers: 1, release: ["python manage.py migrate --noinput"] },
    };
    await stack.deploy(settings);
    await siteIsBack(lab);
    const { Name, Config } = await webContainer(machines.pi);
    expect((await machines.pi.run(`docker exec ${Name.slice(1)} uname -m`)).trim()).toBe("armv7l");
    const built = await machines.pi.run(
      `docker image inspect --format '{{.Os}} {{.Architecture}} {{.Variant}}' ${Config.Image}`,
    );
    const { architecture, variant } = PLATFORMS[PLATFORM].image;
    expect(built.trim()).toBe(`linux ${architecture} ${variant ?? ""}`);
  });

  it("comes back by itself after a restart of the Pi", async () => {
    const lab = await theLab();
    const { pi } = lab.machines;
    const before = await webContainer(pi);
    await pi.restart();
    await siteIsBack(lab);
    const { Id, State } = await webContainer(pi);
    expect(Id).toBe(before.Id);
    expect(State.StartedAt).not.toBe(before.State.StartedAt);
  });
});

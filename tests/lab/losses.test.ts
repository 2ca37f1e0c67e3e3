import { theLab } from "../support/lab";
import { command } from "../support/lab-command";
import { changing } from "../support/lab-group";
import { siteIsBack } from "../support/lab-site";

const WEB = "$(docker ps -q --filter label=homeport.role=web)";
const PROXY = "$(docker ps -q --filter label=homeport.config)";

/** A file among the site's data. */
const MARK = "/var/lib/docker/volumes/homeport-dev-data/_data/losses";

/** What is done on pi, what the look finds, and what of Docker `up` replaces. */
const LOSSES = [
  ["a paused container", `docker pause ${WEB}`, /the container app-web-\w+ is paused/, ["app-web"]],
  [
    "other settings of a container",
    `docker update --restart=no ${PROXY}`,
    /the container traefik-\w+ restarts 'no', declared 'always'/,
    ["traefik"],
  ],
  [
    "a container out of its network",
    `docker network disconnect $(docker network ls -q --filter name=traefik-web) ${WEB}`,
    /the container app-web-\w+ is not in the networks declared \(traefik-web-\w+\)/,
    ["app-web"],
  ],
  [
    "a stopped container, it and its image pruned",
    `docker stop ${WEB}; docker system prune -af`,
    /the container app-web-\w+ is missing/,
    ["app-transfer", "app-web"],
  ],
] as const;

changing("losses", () => {
  it.each(LOSSES)("%s: named by preview, repaired by up alone, with the data", async (_, broken, found, changed) => {
    const lab = await theLab();
    const { stack, machines } = lab;
    await machines.pi.run(`echo kept >${MARK}; ${broken}`);
    const preview = await stack.preview();
    expect(preview.output).toMatch(found);
    expect(preview.changed).toEqual(expect.arrayContaining([...changed]));
    expect((await command(lab, "status", [])).code).toBe(1);
    expect(await stack.up()).toMatchObject({ code: 0 });
    await siteIsBack(lab);
    expect(await machines.pi.run(`cat ${MARK}; rm ${MARK}`)).toBe("kept\n");
    expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0, changed: [] });
  });

  it("an emptied directory of Docker: the site is back, and says that its data is not", async () => {
    const lab = await theLab();
    const { stack, machines } = lab;
    await machines.pi.run(
      "systemctl stop docker.socket docker containerd; rm -rf /var/lib/docker/*; systemctl start containerd docker.socket docker",
    );
    const preview = await stack.preview();
    expect(preview.output).toMatch(/the volume \S+ is gone with what was in it: 'pulumi up' makes an empty one/);
    expect(preview.changed).toEqual(
      expect.arrayContaining(["traefik-web", "traefik", "app-transfer", "app-volumes", "app-release", "app-web"]),
    );
    expect(await stack.up()).toMatchObject({ code: 0 });
    await siteIsBack(lab);
    expect(await stack.preview("--expect-no-changes")).toMatchObject({ code: 0, changed: [] });
  });

  it("a closed UDP port: the tunnel's silence is named, with port and where to open it, and no change is invented", async () => {
    const lab = await theLab();
    const { stack, machines } = lab;
    await machines.router.run("nft insert rule ip homeport_lab forward udp dport 51820 drop");
    try {
      const preview = await stack.preview("--expect-no-changes");
      expect(preview).toMatchObject({ code: 0, changed: [] });
      expect(preview.output).toMatch(
        /pi \(.*its tunnel wg0 does not reach the edge .* let UDP port 51820 in at the VPS's provider/,
      );
      expect(preview.output).toMatch(/does not answer visitors: no answer within 2 s/);
      const { code, stdout } = await command(lab, "status", []);
      expect(code).toBe(1);
      expect(stdout).toContain("PROBLEM: its tunnel wg0 does not reach the edge");
      expect((await command(lab, "drift", [])).code).toBe(2);
    } finally {
      await machines.router.run(
        "nft delete rule ip homeport_lab forward handle $(nft -a list chain ip homeport_lab forward | sed -n 's/.*dport 51820 drop # handle //p')",
      );
    }
    await siteIsBack(lab);
  });

  it("a machine that does not answer: drift could not look, and says so by its exit code", async () => {
    const lab = await theLab();
    const { code, stdout } = await lab.machines.vps.hanging(() => command(lab, "drift", []));
    expect({ code, blind: /^vps +blind /m.test(stdout) }).toEqual({ code: 1, blind: true });
  });
});

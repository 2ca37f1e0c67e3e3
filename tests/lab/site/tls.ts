import { outputs, theLab } from "../../support/lab";

/** What a visitor offers, and what is agreed on with whoever ends TLS (Mozilla's intermediate profile). */
export function tlsTests(): void {
  it.each([
    ["TLS 1.3", "-tls1_3", /^TLSv1\.3 TLS_(AES_128_GCM_SHA256|AES_256_GCM_SHA384|CHACHA20_POLY1305_SHA256)$/],
    ["TLS 1.2", "-tls1_2", /^TLSv1\.2 ECDHE-ECDSA-(AES128-GCM-SHA256|AES256-GCM-SHA384|CHACHA20-POLY1305)$/],
    ["the curve P-384", "-tls1_3 -groups P-384", /^TLSv1\.3 /],
  ])("is agreed on with who offers %s", async (_, options, agreed) => {
    expect(await handshake(options)).toMatch(agreed);
  });

  // Debian's OpenSSL offers what is refused here only at security level 0.
  it.each([
    ["TLS 1.1", "-tls1_1 -cipher ALL:@SECLEVEL=0"],
    ["a suite without authenticated encryption", "-tls1_2 -cipher ECDHE-ECDSA-AES256-SHA:@SECLEVEL=0"],
    ["a suite without forward secrecy", "-tls1_2 -cipher AES128-GCM-SHA256:@SECLEVEL=0"],
    ["a curve that nobody else offers", "-tls1_3 -groups P-521"],
  ])("is refused to who offers nothing but %s", async (_, options) => {
    expect(await handshake(options)).toMatch(/alert (protocol version|handshake failure)/);
  });
}

/** Protocol and suite that visitor and site agree on, or the words of OpenSSL on why they do not. */
async function handshake(options: string): Promise<string> {
  const lab = await theLab();
  const { hostname } = new URL((await outputs(lab)).url);
  const said = await lab.machines.visitor.run(
    `openssl s_client -connect ${lab.addresses.vps}:443 -servername ${hostname} ${options} </dev/null 2>&1 || true`,
  );
  const [, protocol, suite] = /^New, (\S+), Cipher is (\S+)$/m.exec(said) ?? [];
  return protocol === undefined || protocol === "(NONE)" ? said : `${protocol} ${suite ?? ""}`;
}

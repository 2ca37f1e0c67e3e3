import { LabMachine } from "./lab-machine";

/** Where a login finds programs first: before those of the distribution, for root as for sudo. */
export const PROGRAMS = "/usr/local/sbin";

/** Does something while a file on a machine is replaced or added. Links are kept. */
export async function whileReplaced<T>(
  host: LabMachine,
  path: string,
  text: string,
  action: () => Promise<T>,
): Promise<T> {
  const original = "/root/homeport-lab-tests.original";
  await host.run(`[ ! -e ${path} ] || mv ${path} ${original}
mode=$(stat -L -c %a ${original} 2>/dev/null || echo 755)
cat >${path} <<'REPLACEMENT'
${text}
REPLACEMENT
chmod "$mode" ${path}`);
  try {
    return await action();
  } finally {
    await host.run(`rm ${path}; [ ! -e ${original} ] || mv ${original} ${path}`);
  }
}

/** Does something while a stranger's program listens on a UDP port of a machine. */
export async function whileListening<T>(host: LabMachine, port: number, action: () => Promise<T>): Promise<T> {
  const unit = "homeport-lab-tests-listener";
  const program = `use IO::Socket::INET; my $s = IO::Socket::INET->new(Proto => "udp", LocalPort => ${port}) or die; sleep`;
  await host.run(`systemd-run --quiet --collect --unit=${unit} perl -e '${program}'
until ss -Hnlu 'sport = ${port}' | grep -q .; do sleep 0.1; done`);
  try {
    return await action();
  } finally {
    await host.run(`systemctl stop ${unit}`);
  }
}

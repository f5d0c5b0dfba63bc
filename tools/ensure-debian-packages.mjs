// Makes sure that Debian packages are installed: ensure-debian-packages.mjs wimtools redis-server …
// Installs what is missing as root or by a sudo that asks no password; otherwise prints the command.
import { spawnSync } from 'node:child_process'

/** A program of each package, by which it is known even where it was installed in another way. */
const programs = {
  wimtools: 'wimlib-imagex',
  samba: '/usr/sbin/smbd',
  'nginx-light': '/usr/sbin/nginx',
}

const isThere = (name) =>
  spawnSync('sh', ['-c', 'command -v "$0"', programs[name] ?? name], { stdio: 'ignore' }).status === 0

const missing = process.argv.slice(2).filter((name) => !isThere(name))
if (missing.length > 0) install(missing)

function install(names) {
  const prefix = rootPrefix()
  if (prefix === undefined) refuse(names)
  process.stderr.write(`installing ${names.join(' ')} with apt-get\n`)
  // redis-server's package would start a server of its own, which nobody asked for.
  const quiet = ['env', 'DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1']
  const apt = [...prefix, ...quiet, 'apt-get', '-qq', '-o', 'DPkg::Lock::Timeout=120']
  const installation = [...apt, 'install', '--yes', '--no-install-recommends', ...names]
  let result = run(installation)
  if (result.status !== 0) {
    run([...apt, 'update'])
    result = run(installation)
  }
  if (result.status !== 0 || !names.every(isThere)) {
    process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}`)
    refuse(names)
  }
}

/** What goes before a command that must run as root; undefined when we cannot. */
function rootPrefix() {
  if (spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0) return undefined
  if (process.getuid() === 0) return []
  return spawnSync('sudo', ['--non-interactive', 'true'], { stdio: 'ignore' }).status === 0
    ? ['sudo', '--non-interactive']
    : undefined
}

function run([command, ...commandArguments]) {
  return spawnSync(command, commandArguments, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

function refuse(names) {
  process.stderr.write(
    `Missing on this machine: ${names.join(', ')}. Install with:\n\n` +
      `  sudo apt-get update && sudo apt-get install --yes ${names.join(' ')}\n\n`,
  )
  process.exit(1)
}

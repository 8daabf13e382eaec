/** The unit that runs Weir as a service of systemd, with as few rights as it can do with. */

import { VERSION } from "../core/version.ts";

const PROGRAM = "/usr/local/bin/weir";

const UNIT = `# Weir ${VERSION} as a service, for systemd 252 and later.
#   weir systemd >/etc/systemd/system/weir.service
# Changes of your own belong into \`systemctl edit weir\`, which an upgrade leaves alone.

[Unit]
Description=Weir, an LLM gateway
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=60
StartLimitBurst=5

[Service]
Type=notify
ExecStart=${PROGRAM} serve
# \`systemctl status weir\` then says whether the new configuration was taken.
ExecReload=/bin/kill -HUP $MAINPID
KillMode=mixed
Restart=on-failure
RestartSec=1
# DRAIN_TIMEOUT_MS and a little more. Where that is set higher, Weir asks for the time by itself.
TimeoutStopSec=310
# Weir is started anew when it hangs for so long.
WatchdogSec=30

# Here weir.jsonc is read, which all may read, and weir.env, which only root has to.
WorkingDirectory=/etc/weir
EnvironmentFile=-/etc/weir/weir.env
# Secrets, a file each: "credential:weir_openai" in weir.jsonc is what credentials/openai holds.
LoadCredential=weir:/etc/weir/credentials
RuntimeDirectory=weir
# For what outlives the process, where weir.jsonc or weir.env names it (STATE=/var/lib/weir).
StateDirectory=weir

LimitNOFILE=65536
LimitCORE=0
TasksMax=512
# A thread takes about 50 MB, and calls some more. Beyond this limit the service is started anew.
#MemoryMax=1G

# A user that exists only while the service runs, and no rights. Instances (weir@a, weir@b) share it, as they
# must to listen on one port (REUSE_PORT=on).
DynamicUser=yes
User=weir
CapabilityBoundingSet=
NoNewPrivileges=yes
PrivateUsers=yes
# For a port below 1024:
#PrivateUsers=no
#CapabilityBoundingSet=CAP_NET_BIND_SERVICE
#AmbientCapabilities=CAP_NET_BIND_SERVICE

# Nothing of the system but what is named here.
ProtectSystem=strict
ProtectHome=yes
PrivateMounts=yes
PrivateTmp=yes
PrivateDevices=yes
DevicePolicy=closed
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProcSubset=pid
UMask=0077
KeyringMode=private
RemoveIPC=yes

LockPersonality=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
# Not MemoryDenyWriteExecute=yes: the JIT compiler writes code, and runs it.

[Install]
WantedBy=multi-user.target`;

/** For systemd 252 and later, as in Debian 12. */
export function systemdUnit(): string {
  return UNIT;
}

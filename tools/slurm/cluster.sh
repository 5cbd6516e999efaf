#!/usr/bin/env bash
# A real Slurm on this machine, for tests: cluster.sh start|stop FOLDER. Two nodes, node1 and node2, share the machine;
# each has one CPU. Needs root, and the packages slurm-wlm and munge (Debian, Ubuntu). Everything is in
# FOLDER; nothing of /etc is read or written. Afterwards: export SLURM_CONF=FOLDER/slurm.conf
set -euo pipefail

usage() {
  echo "usage: cluster.sh start|stop FOLDER" >&2
  exit 2
}
[ $# = 2 ] || usage
export PATH="$PATH:/usr/sbin:/sbin"
mkdir -p "$2"
folder=$(cd "$2" && pwd)
export SLURM_CONF="$folder/slurm.conf"

stop() {
  for name in node1 node2 slurmctld munged; do
    pid=$(cat "$folder/$name.pid" 2> /dev/null || true)
    [ -n "$pid" ] && kill "$pid" 2> /dev/null || continue
    for _ in $(seq 100); do # wait at most 10 s, then kill
      kill -0 "$pid" 2> /dev/null || break
      sleep 0.1
    done
    kill -9 "$pid" 2> /dev/null || true
  done
}

write_configuration() {
  cat > "$SLURM_CONF" << END
ClusterName=ditbench
SlurmctldHost=localhost
SlurmctldPort=17817
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket,cred_expire=5
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool-%n
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/%n.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
SchedulerType=sched/backfill
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
JobRequeue=1
# Short times: a killed slurmd is noticed after 10 s in place of 300; a job that was put back into the queue starts
# after 5 s in place of 120 (cred_expire); the scheduler looks for jobs to preempt every 2 s in place of 60.
SchedulerParameters=sched_interval=2,bf_interval=2
SlurmdTimeout=10
KillWait=10
MinJobAge=30
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
NodeName=node1 NodeHostname=localhost Port=17818 CPUs=1 State=UNKNOWN
NodeName=node2 NodeHostname=localhost Port=17819 CPUs=1 State=UNKNOWN
PartitionName=normal Nodes=node[1-2] Default=YES MaxTime=INFINITE State=UP PriorityTier=1
PartitionName=urgent Nodes=node[1-2] MaxTime=INFINITE State=UP PriorityTier=10
END
}

start() {
  for command in munged slurmctld slurmd sbatch; do
    command -v "$command" > /dev/null && continue
    echo "$command is not installed: apt-get install slurm-wlm munge" >&2
    exit 1
  done
  [ "$(id -u)" = 0 ] || { echo "only root can start Slurm's daemons" >&2; exit 1; }
  stop
  mkdir -p "$folder/state" "$folder/spool-node1" "$folder/spool-node2"
  write_configuration
  [ -e "$folder/munge.key" ] || (umask 077 && head -c 1024 /dev/urandom > "$folder/munge.key")
  # --force: the daemon accepts a folder below /tmp, which others may write to
  munged --force --key-file="$folder/munge.key" --socket="$folder/munge.socket" --pid-file="$folder/munged.pid" \
    --log-file="$folder/munged.log" --seed-file="$folder/munged.seed" 2> "$folder/munged.err"
  slurmctld -c
  slurmd -N node1
  slurmd -N node2
  for _ in $(seq 300); do
    [ "$(sinfo --noheader --format=%D --states=idle 2> /dev/null | head -1)" = 2 ] && exit 0
    sleep 0.1
  done
  echo "Slurm's nodes were not idle after 30 s; its logs are in $folder" >&2
  sinfo >&2 || true
  stop
  exit 1
}

case "$1" in
  start) start ;;
  stop) stop ;;
  *) usage ;;
esac

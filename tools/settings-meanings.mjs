/** What each setting means, by service; `common` holds those that mean the same everywhere. */
export const meanings = {
  common: {
    GOLDKEEP_LOG_LEVEL:
      '`trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`; JSON lines on standard error',
    GOLDKEEP_SERVICE_KEY: 'the key that the services of this house share',
    GOLDKEEP_QUEUE_URL:
      'the queue: `redis://…`, `rediss://…` or `postgres://…`, the same for catalog and workers',
    GOLDKEEP_CATALOG_ADDRESS: 'the catalog, as `host:port`',
    GOLDKEEP_CATALOG_HOST: 'the address that the catalog listens on; `0.0.0.0` or `::` for every one',
    GOLDKEEP_CATALOG_PORT: 'the port that the catalog listens on',
    GOLDKEEP_STORAGE_HOST: 'the address that storage listens on; `0.0.0.0` or `::` for every one',
    GOLDKEEP_STORAGE_PORT: 'the port that storage listens on',
    GOLDKEEP_EMPTY_SHARE:
      'an image with less than this share of what was in use on its partition is `INVALID`; `0%`: never. Set it alike for storage, which tells it at the seal, and for the workers, which decide',
  },
  catalog: {
    GOLDKEEP_DATABASE_URL: 'the database: `postgres://user:password@host:port/name`',
    GOLDKEEP_DATABASE_CONNECT_TIMEOUT:
      'a call that gets no connection to the database within this time is refused, and safe to repeat',
    GOLDKEEP_DATABASE_SILENCE:
      'a database connection on which nothing has moved for this time is looked into, and closed unless the database says that it works on it; a failover is noticed within about twice this time',
    GOLDKEEP_DATABASE_STATEMENT_TIMEOUT:
      'the database ends a statement that runs longer; migrations are not limited',
    GOLDKEEP_DATABASE_LOCK_TIMEOUT: 'the database ends a statement that waits longer for a lock',
    GOLDKEEP_ADMIN_TOKEN_FILE:
      'where the first start leaves the administrator’s token, in a file of mode 0600',
    GOLDKEEP_CLAIM_LEASE: 'a job whose worker has not been heard of for so long is given to another',
    GOLDKEEP_SWEEP_INTERVAL:
      'how often the catalog looks for work that the queue has lost, and for what has expired',
    GOLDKEEP_REQUEUE_AFTER:
      'a job that the queue was told of, and that nobody took for so long, is told again',
    GOLDKEEP_UPLOAD_EXPIRY: 'an upload ends so long after its last byte',
    GOLDKEEP_DEPLOYMENT_LEASE: 'a deployment’s pin lapses so long after the last read or renewal',
    GOLDKEEP_DEPLOYMENT_LIMIT: 'the longest deployment',
    GOLDKEEP_VOLUME_SILENCE:
      'a volume that has not reported for this time gets no new upload; storage reports every `GOLDKEEP_PROGRESS_INTERVAL`',
    GOLDKEEP_VALIDATION_TRIES:
      'so often a version is examined when a check cannot be judged, in about half an hour; then `goldkeep status` lists it as not judged until somebody asks for another validation',
    GOLDKEEP_TICKET_LIFETIME: 'how long a ticket opens calls to storage; a call that is open goes on',
  },
  storage: {
    GOLDKEEP_VOLUME:
      'the directory that is the volume: ext4, XFS, btrfs, ZFS or NFSv4. It must exist, storage never makes it; on a disk of its own take a directory below the mount point, so that an unmounted disk is noticed',
    GOLDKEEP_STORAGE_ADVERTISE:
      'where clients and workers reach storage, as `host:port`; the listening address unless set. Set it where storage listens on every address: others cannot call `0.0.0.0`',
    GOLDKEEP_PROGRESS_INTERVAL: 'how often the catalog is told of progress',
    GOLDKEEP_TRUST_REFRESH:
      'how often keys and revocations are fetched; a cancelled deployment is cut off after so long',
    GOLDKEEP_SYNC_INTERVAL: 'received bytes reach stable storage, and are acknowledged, at least so often',
    GOLDKEEP_SYNC_BYTES: 'and at the latest after so many bytes',
    GOLDKEEP_WRITER_IDLE: 'another writer may take over a file after so long without a byte',
    GOLDKEEP_DIRECT_WRITES:
      'whether uploads go to the disk past the page cache (`O_DIRECT`), so that they do not push out of memory what is being deployed: `auto` where that is known to be good (ext4, XFS), `always` wherever the file system takes it, `never`',
    GOLDKEEP_LOW_SPACE:
      'when fewer bytes than these are left for uploads, `goldkeep status` and `doctor` say so',
    GOLDKEEP_RESERVE:
      'bytes of the volume that uploads never get, so that storage itself can always work; as many lie in `.reserve` and are given back when others have filled the volume. 0 keeps none',
    GOLDKEEP_LOOK_AGAIN:
      'first pause before storage looks again at what the volume could not read; it doubles up to 64 times',
    GOLDKEEP_STREAM_IDLE:
      'an upload’s stream without any message for so long is ended, and can be resumed; clients send an empty message every 15 s',
    GOLDKEEP_LEASE_HEARTBEAT: 'how often storage renews its lease of the volume',
    GOLDKEEP_LEASE_LOST: 'storage that could not renew for so long stops; at least two heartbeats',
    GOLDKEEP_LEASE_TAKEOVER:
      'another storage service may take the volume after it has watched the lease for so long without a change; at least `GOLDKEEP_LEASE_LOST` and one heartbeat',
  },
  worker: {
    GOLDKEEP_VOLUME:
      'the volume as it is mounted here, read-only is enough; required by the queue `validate`',
    GOLDKEEP_WORKER_QUEUES: 'the queues that this worker serves, separated by commas',
    GOLDKEEP_WORKER_CONCURRENCY: 'jobs at once, for each queue',
    GOLDKEEP_JOB_LOCK: 'the queue takes a job from a worker that has not been heard of for so long',
    GOLDKEEP_STALLED_INTERVAL: 'how often the queue looks for such jobs',
    GOLDKEEP_WIMLIB_MEMORY:
      'bytes of memory that one run of `wimlib-imagex` may reserve; a file for which it needs more is `INVALID`',
    GOLDKEEP_WIMLIB_TIME:
      'the longest run of `wimlib-imagex`; its processor time is limited too, by the size of the content',
  },
  allInOne: {
    GOLDKEEP_RESERVE:
      'bytes that the volume keeps, and that the database keeps as well, in `postgres/reserve`. The all-in-one gives them back when others have filled the disk, so that deployments go on. 0 keeps none',
    GOLDKEEP_LOW_SPACE:
      'when fewer bytes than these are left for uploads, or on the disk of the database, `goldkeep status` and `doctor` say so',
    GOLDKEEP_RETIRE_VOLUME:
      'the id of a volume that is lost for good: this start retires it and makes an empty one ([more](operations/lost-volumes.md))',
    GOLDKEEP_HOME:
      'the directory that holds everything; absent: `.goldkeep` in the working directory, or `/var/lib/goldkeep` where PostgreSQL could not enter that',
    GOLDKEEP_POSTGRES_PORT: 'the port of the embedded PostgreSQL, on 127.0.0.1',
  },
}

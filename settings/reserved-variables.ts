/**
 * Variables that a person cannot set, and what to use instead: other parts of the program rely on them, or they would put a secret where `docker
 * inspect` shows it. Of the others of ours a person's value wins.
 */
export const RESERVED_VARIABLES: Readonly<Record<string, string>> = {
  DATABASE_ENGINE: "use database.engine",
  DATABASE_URL_FILE: "use database.server, or the secret databaseUrl",
  DJANGO_ADMIN_PASSWORD: "the password is generated; a new one comes with app.rotate.adminPassword",
  DJANGO_ADMIN_PASSWORD_FILE: "the password is generated; a new one comes with app.rotate.adminPassword",
  DJANGO_ADMIN_USER: "use app.adminUser",
  DJANGO_ALLOWED_HOSTS: "use hosts",
  DJANGO_DATA_DIR: "the data is in the volume at /data",
  DJANGO_DEBUG: "it stays off, because every visitor who finds an error would be shown the site's code and settings",
  DJANGO_SECRET_KEY: "the key is generated; a new one comes with app.rotate.djangoKey",
  DJANGO_SECRET_KEY_FILE: "the key is generated; a new one comes with app.rotate.djangoKey",
  GUNICORN_BIND: "use app.port",
  GUNICORN_GRACEFUL_TIMEOUT: "use app.gracefulSeconds",
  STORAGE_ACCESS_KEY_FILE: "use the secret storageAccessKey",
  STORAGE_ACL: "use storage.acl",
  STORAGE_BUCKET: "use storage.bucket",
  STORAGE_CA_FILE: "use storage.caFile",
  STORAGE_ENDPOINT: "use storage.endpoint",
  STORAGE_PUBLIC_URL: "use storage.publicUrl",
  STORAGE_REGION: "use storage.region",
  STORAGE_SECRET_KEY_FILE: "use the secret storageSecretKey",
  STORAGE_SIGNED: "use storage.signed",
  TRUSTED_PROXIES: "it is the network of the proxy",
};

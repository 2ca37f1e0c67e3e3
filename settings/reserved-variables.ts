/**
 * Variables that cannot be set, and what to use instead: other parts of the program rely on them, or `docker inspect` would show a secret. The operator may
 * override the program's other variables.
 */
export const RESERVED_VARIABLES: Readonly<Record<string, string>> = {
  DATABASE_ENGINE: "use database.engine",
  DATABASE_URL_FILE: "use database.server, or the secret databaseUrl",
  DJANGO_ADMIN_PASSWORD: "the password is generated; rotate it with app.rotate.adminPassword",
  DJANGO_ADMIN_PASSWORD_FILE: "the password is generated; rotate it with app.rotate.adminPassword",
  DJANGO_ADMIN_USER: "use app.adminUser",
  DJANGO_ALLOWED_HOSTS: "use hosts",
  DJANGO_DATA_DIR: "the data is in the volume at /data",
  DJANGO_DEBUG: "it stays off: error pages would show the site's code and settings to every visitor",
  DJANGO_SECRET_KEY: "the key is generated; rotate it with app.rotate.djangoKey",
  DJANGO_SECRET_KEY_FILE: "the key is generated; rotate it with app.rotate.djangoKey",
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
  TRUSTED_PROXIES: "it is the proxy's network",
};

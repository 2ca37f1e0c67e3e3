/** Directory of Homeport's adapter in the application's containers. */
export const ADAPTER = "/opt/homeport";

/** Starts a program with the secrets as variables and with the adapter's Python package: LAUNCH PROGRAM ARGUMENT... */
export const LAUNCH = `${ADAPTER}/launch`;

/** The project's manage.py, wherever it is: MANAGE COMMAND... */
export const MANAGE = `${ADAPTER}/manage`;

/** The forms of a host's name, or of its address, that can be listened on. */

/** IPv6 stands without brackets, and may have a zone. */
export const HOST_TEXT = /^[\w.:-]+(%[\w.-]+)?$/;

export const HOST_TEXT_ERROR =
  "must be a host's name or an IP address, such as 127.0.0.1 or ::, without brackets or a port";

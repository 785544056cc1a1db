// Headers of answers that belong to one connection or one moment (RFC 9110, 7.6.1 and 6.6.1; what proxies and frameworks add of
// their own), not to what is answered.
const PASSING =
  /^(date|connection|keep-alive|transfer-encoding|content-length|server-timing|age|via|alt-svc|trailer|upgrade|proxy-.*|x-runtime|x-response-time|x-envoy-.*)$/;

/** @param name in lower case */
export const isPassingHeader = (name: string): boolean => PASSING.test(name);

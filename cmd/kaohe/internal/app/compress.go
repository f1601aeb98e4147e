package app

import (
	"net/http"

	"github.com/klauspost/compress/gzhttp"
)

// worthPacking is the size in bytes from which answers are compressed: less fits one packet on the way anyway.
const worthPacking = 1400

// compressed packs large answers by gzip for who accepts that. Offices in the country have poor connections, and a page of
// evidence is a tenth of its size then. Nothing secret stands in an answer beside what somebody else may choose, so that
// sizes tell nothing.
func compressed(next http.Handler) (http.Handler, error) {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(worthPacking), gzhttp.EnableZstd(false))
	if err != nil {
		return nil, err
	}
	return wrap(next), nil
}

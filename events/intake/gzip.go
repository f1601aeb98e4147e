package intake

import (
	"compress/flate"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/kaohe/kaohe/events"
)

// AcceptEncoding lists the content codings in which a body may come.
const AcceptEncoding = "gzip, identity"

// gzipSlack is by how many bytes a compressed body may be larger than what it unpacks to may be: what does not compress grows
// a little. A body that never unpacks to anything is given up after that.
const gzipSlack = 64 << 10

// decoded returns the content of a body, of at most limit bytes: reading more of it fails, however small the body is that it
// comes from.
func decoded(w http.ResponseWriter, r *http.Request, limit int64) (io.Reader, error) {
	switch coding := codingOf(r.Header); coding {
	case "":
		return http.MaxBytesReader(w, r.Body, limit), nil
	case "gzip", "x-gzip":
		unpacked, err := gzip.NewReader(http.MaxBytesReader(w, r.Body, limit+gzipSlack))
		if err != nil {
			return nil, err
		}
		return http.MaxBytesReader(w, io.NopCloser(unpacked), limit), nil
	default:
		return nil, &detailed{errEncoding, events.Text{
			ZH: "收到 Content-Encoding: " + coding + ";请用 gzip,或不压缩", EN: "Got Content-Encoding: " + coding + "; use gzip, or none."}}
	}
}

// codingOf returns the codings of a body in lower case, separated by commas; empty if there is none.
func codingOf(h http.Header) string {
	var codings []string
	for _, c := range strings.Split(strings.Join(h.Values("Content-Encoding"), ","), ",") {
		if c = strings.ToLower(strings.TrimSpace(c)); c != "" && c != "identity" {
			codings = append(codings, c)
		}
	}
	return strings.Join(codings, ", ")
}

// isBadGzip tells a body that is no gzip from one that was cut short on its way.
func isBadGzip(err error) bool {
	var corrupt flate.CorruptInputError
	return errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || errors.As(err, &corrupt)
}

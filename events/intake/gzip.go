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
		packed := &arrival{Reader: http.MaxBytesReader(w, r.Body, limit+gzipSlack)}
		unpacked, err := gzip.NewReader(packed)
		if err != nil {
			return nil, packed.judge(err)
		}
		return http.MaxBytesReader(w, io.NopCloser(&unpacking{unpacked, packed}), limit), nil
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

// errEndless says that a compressed body came whole and is none.
var errEndless = errors.New("the compressed body has no end")

// arrival is a compressed body on its way.
type arrival struct {
	io.Reader
	whole bool // its sender has ended it
}

func (a *arrival) Read(p []byte) (int, error) {
	n, err := a.Reader.Read(p)
	a.whole = a.whole || errors.Is(err, io.EOF)
	return n, err
}

// judge tells a body that was cut short before it was sent from one that was cut short on its way, which net/http ends with
// another error.
func (a *arrival) judge(err error) error {
	if a.whole && (errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)) {
		return errEndless
	}
	return err
}

// unpacking is the content of a compressed body.
type unpacking struct {
	*gzip.Reader
	from *arrival
}

func (u *unpacking) Read(p []byte) (int, error) {
	n, err := u.Reader.Read(p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = u.from.judge(err)
	}
	return n, err
}

// isBadGzip tells a body that is no gzip from one that was cut short on its way.
func isBadGzip(err error) bool {
	var corrupt flate.CorruptInputError
	return errors.Is(err, errEndless) || errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) || errors.As(err, &corrupt)
}

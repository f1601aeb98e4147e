package natsapi

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
)

// Clients may give headers names that HTTP does not know.
func TestHeadersOfOddNames(t *testing.T) {
	got := headers(nats.Header{"cE-a/b": {"c"}, "CE-ID": {"d"}, "ce-": {"e"}, "content type": {"f"}, "x": {"g"}})
	if diff := cmp.Diff(http.Header{"Ce-a/b": {"c"}, "Ce-Id": {"d"}, "Ce-": {"e"}}, got); diff != "" {
		t.Errorf("headers() (-want +got):\n%s", diff)
	}
}

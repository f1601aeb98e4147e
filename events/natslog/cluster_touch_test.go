package natslog

import (
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

func TestInTouch(t *testing.T) {
	peer := func(active time.Duration) *jetstream.PeerInfo {
		return &jetstream.PeerInfo{Current: true, Active: active}
	}
	gone := &jetstream.PeerInfo{Offline: true}
	for _, test := range []struct {
		name string
		info *jetstream.ClusterInfo
		want bool
	}{
		{"a single server", nil, true},
		{"a leader alone of one", &jetstream.ClusterInfo{Leader: "a"}, true},
		{"a leader and one of two others", &jetstream.ClusterInfo{Leader: "a", Replicas: []*jetstream.PeerInfo{peer(time.Second), gone}}, true},
		{"a leader that has heard of nobody for long", &jetstream.ClusterInfo{Leader: "a", Replicas: []*jetstream.PeerInfo{peer(9 * time.Second), peer(9 * time.Second)}}, false},
		{"a leader whose others are down", &jetstream.ClusterInfo{Leader: "a", Replicas: []*jetstream.PeerInfo{gone, gone}}, false},
		{"one that names no leader", &jetstream.ClusterInfo{Replicas: []*jetstream.PeerInfo{peer(0), peer(0), peer(0)}}, false},
		{"the only one, which does not lead", &jetstream.ClusterInfo{}, false},
	} {
		if got := inTouch(test.info); got != test.want {
			t.Errorf("%s: inTouch() = %v, want %v", test.name, got, test.want)
		}
	}
}

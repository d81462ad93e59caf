// Learning: built and put on the mux here.
package app

import (
	"seedbed/internal/organizing/learning"
	"seedbed/internal/organizing/learning/learningweb"
	"seedbed/internal/platform/web"
)

func (sys *system) buildLearning() {
	sys.learning = learning.New(learning.Deps{DB: sys.db, Audit: sys.audit, Clock: sys.clock, People: sys.people, OnHeld: sys.trainingHeld})
}

func (sys *system) learningRoutes() []web.Route {
	return learningweb.New(sys.learning, sys.people, learningweb.Options{Staff: sys.staffName}).Routes()
}

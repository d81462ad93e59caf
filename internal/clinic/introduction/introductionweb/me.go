// Routes of this part.

package introductionweb

import "seedbed/internal/platform/web"

func (h *Web) meRoutes() []web.Route { return nil }

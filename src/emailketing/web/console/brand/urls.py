from django.urls import path

from emailketing.web.console.brand import views

urlpatterns = [
    path("brand/", views.FirstBrand.as_view(), name="brand"),
    path("brand/new/", views.BrandEdit.as_view(), name="brand_new"),
    path("brand/preview/", views.BrandPreview.as_view(), name="brand_preview"),
    path("brand/<int:pk>/", views.BrandEdit.as_view(), name="brand_edit"),
    path("brand/<int:pk>/default/", views.MakeDefault.as_view(), name="brand_default"),
    path("brand/<int:pk>/delete/", views.BrandDelete.as_view(), name="brand_delete"),
]
